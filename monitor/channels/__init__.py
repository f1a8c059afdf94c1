"""A message out, an outcome back."""
