# For qmake projects that use Wirebird's sources: the engine and its C header, built by cargo.
#
#     include(path/to/wirebird/qt/wirebird-core.pri)
#
# WIREBIRD_CARGO_TARGET_DIR, set before or on qmake's command line, says where cargo builds; the
# default is the environment's CARGO_TARGET_DIR, else target/ beside Cargo.toml, which all
# projects then share.

WIREBIRD_ROOT = $$clean_path($$PWD/..)
INCLUDEPATH += $$WIREBIRD_ROOT/include
DEPENDPATH += $$WIREBIRD_ROOT/include

isEmpty(WIREBIRD_CARGO): WIREBIRD_CARGO = cargo
isEmpty(WIREBIRD_CARGO_TARGET_DIR): WIREBIRD_CARGO_TARGET_DIR = $$(CARGO_TARGET_DIR)
isEmpty(WIREBIRD_CARGO_TARGET_DIR): WIREBIRD_CARGO_TARGET_DIR = $$WIREBIRD_ROOT/target

win32-msvc*: WIREBIRD_LIBRARY = $$WIREBIRD_CARGO_TARGET_DIR/release/wirebird.lib
else: WIREBIRD_LIBRARY = $$WIREBIRD_CARGO_TARGET_DIR/release/libwirebird.a

# cargo itself knows what has changed, and is quick when nothing has.
wirebird.target = $$WIREBIRD_LIBRARY
wirebird.commands = $$WIREBIRD_CARGO rustc --locked --release --lib --crate-type staticlib \
    --manifest-path $$shell_quote($$WIREBIRD_ROOT/Cargo.toml) \
    --target-dir $$shell_quote($$WIREBIRD_CARGO_TARGET_DIR)
wirebird.depends = wirebird-always
wirebird-always.target = wirebird-always
QMAKE_EXTRA_TARGETS += wirebird wirebird-always
PRE_TARGETDEPS += $$WIREBIRD_LIBRARY

LIBS += $$WIREBIRD_LIBRARY
win32: LIBS += -lkernel32 -lntdll -luserenv -lws2_32 -ldbghelp -lbcrypt -ladvapi32
else: macos: LIBS += -framework CoreFoundation -liconv
else: LIBS += -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc
