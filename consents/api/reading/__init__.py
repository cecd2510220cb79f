"""What clients read of consents: what a form must show, how a person stands, and the proof."""
