"""Imported by every interpreter of a stack, its workers too: installed packages, with what their .pth files say."""

import os
import site

if os.environ.get('STACK_SITE'):
    site.addsitedir(os.environ['STACK_SITE'])
