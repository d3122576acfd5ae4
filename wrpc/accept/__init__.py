"""What is accepted of what was found: by comments, waivers, settings and a baseline. All of it is told."""
