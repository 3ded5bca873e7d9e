"""Self-service measured: simulated customers with a goal, and what becomes of their visits."""
