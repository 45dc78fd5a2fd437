"""What a store says of itself: its manifest, its generations, who may write now, and what a stopped run left."""
