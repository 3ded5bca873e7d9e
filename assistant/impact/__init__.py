"""What a change of knowledge does to answers: saved questions, impact previews, hit tests."""
