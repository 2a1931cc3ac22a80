"""Find prompts by reference, promote them, and count what each version has made and cost."""
