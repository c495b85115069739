"""Modules imported once: much code that runs once or twice."""
from _shared import checksum
import argparse
import difflib
import doctest
import email.mime.multipart
import inspect
import json
import logging.handlers
import optparse
import pydoc
import tarfile
import unittest
import xml.dom.minidom
import zipfile

checksum(sum(len(dir(module)) > 5 for module in (argparse, difflib, doctest, email, inspect, json, logging, optparse,
                                                 pydoc, tarfile, unittest, xml, zipfile)))
