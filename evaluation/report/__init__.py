"""The report on a measurement: one HTML file for people who answer for the service."""
