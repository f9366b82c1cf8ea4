"""What no two services may do differently: words, contracts, messaging, storage and the web's conventions."""
