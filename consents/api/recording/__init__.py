"""What clients report: consents, confirmations, refusals, withdrawals, objections."""
