"""Pure functions on the Korean language: letters, pronunciation, IPA, morphology and hanja."""
