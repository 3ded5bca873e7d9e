"""People, roles, tokens and the one authorisation function. No Flask, no knowledge of the web."""
