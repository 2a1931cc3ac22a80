"""Run the export, list what the next import changes, and show or change the project ID."""
