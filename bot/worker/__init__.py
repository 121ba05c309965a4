"""What nobody asks for: lanes worked, things sent, schedules kept."""
