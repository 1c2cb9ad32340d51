"""What people do with the whole of it."""
