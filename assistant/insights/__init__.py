"""What use tells us: feedback, usage counts, and the queue of questions nobody could answer."""
