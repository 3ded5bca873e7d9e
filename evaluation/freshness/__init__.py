"""How well the freshness of entries is judged: states, conflicts and the ripple of a change."""
