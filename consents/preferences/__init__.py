"""What a person sees and does by a link, without signing in: withdraw, object, confirm."""
