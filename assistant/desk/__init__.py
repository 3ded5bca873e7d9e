"""What the editor desk needs beyond the knowledge base: tasks, touched replies, digests."""
