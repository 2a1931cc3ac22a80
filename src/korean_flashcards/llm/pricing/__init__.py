"""Prices and tokens of models."""
