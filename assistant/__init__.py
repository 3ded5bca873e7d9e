"""The service: replies, accounts, insights, web pages and API, and the command line."""
