"""What people do on the dashboard: a package, so that its browser ends with its last test."""
