"""Deployment: settings, urls, the ASGI application, and the wiring of ports. Nobody imports this."""
