"""What is fetched from the web: safely, politely, once. Knows HTTP and files, no catalogue."""
