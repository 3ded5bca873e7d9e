"""The web layer: pages and JSON API on Flask. `assistant.web.app.create_app` is the way in."""
