"""What comes by itself: morning lists, reports of a day, recaps, questions asked again, alerts."""
