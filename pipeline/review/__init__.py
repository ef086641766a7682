"""What people look at: the results folder and the curator's gallery."""
