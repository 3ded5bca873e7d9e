"""Fits the ranking: trees over the features of candidates, then the calibration."""
