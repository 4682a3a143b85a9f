"""The land: drayage by road, and legs and roads of OpenStreetMap."""
