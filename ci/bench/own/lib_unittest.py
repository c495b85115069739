"""unittest running many tests."""
from _shared import Sink, checksum, times
import unittest


class Tests(unittest.TestCase):
    def setUp(self):
        self.data = [1, 2, 3]

    def runTest(self):
        self.assertEqual(self.data, [1, 2, 3])
        self.assertTrue(2 in self.data)
        self.assertRaises(ValueError, int, "x")
        with self.assertRaises(KeyError):
            {}["missing"]
        self.assertAlmostEqual(1.0, 1.00000001)
        self.assertIn(3, self.data)


suite = unittest.TestSuite(Tests() for _ in range(times(33000)))
result = unittest.TextTestRunner(stream=Sink(), verbosity=0).run(suite)
checksum((result.testsRun, len(result.failures), len(result.errors)))
