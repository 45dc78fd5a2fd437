"""From a show, its episodes and a clock to the objects that the store shall hold."""
