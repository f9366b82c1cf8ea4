"""The printing room within operations: fonts, typesetting, QR code and signature of one certificate's file."""
