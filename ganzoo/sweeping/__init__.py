"""Many runs of one kind: what varies, who trains which, and what came of it."""
