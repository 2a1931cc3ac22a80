"""Provide pure functions for Korean text: letters, pronunciation, IPA, morphology, and hanja."""
