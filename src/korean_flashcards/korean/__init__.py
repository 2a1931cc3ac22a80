"""Provide pure functions for Korean: letters, pronunciation, IPA, morphology, and hanja."""
