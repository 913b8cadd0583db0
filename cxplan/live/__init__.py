"""What happens in a room reaches everyone in it: streams of events, kept in order and told to browsers as they come."""
