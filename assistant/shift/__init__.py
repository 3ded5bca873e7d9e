"""What changed in the knowledge base between two moments, told in one line each."""
