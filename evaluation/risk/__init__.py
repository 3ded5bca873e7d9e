"""Measuring what is watched for in a contact, on labelled service messages."""
