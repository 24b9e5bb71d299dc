// Runs QML tests, with whatever modules the import path has or the program links.
#include <QtQuickTest/quicktest.h>

QUICK_TEST_MAIN(qml)
