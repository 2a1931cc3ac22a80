"""Read export profiles, export cards with them, and compare exports with each other."""
