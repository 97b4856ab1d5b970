"""Assets that leave the platform: releases."""
