"""Writes a file's bytes as a C array: embed.py INPUT OUTPUT SYMBOL."""
import sys

source, target, symbol = sys.argv[1:]
with open(source, 'rb') as stream:
    data = stream.read()
with open(target, 'w', encoding='ascii') as out:
    out.write('#include <stddef.h>\n')
    out.write('extern const char %s[];\nextern const size_t %s_length;\n' % (symbol, symbol))
    out.write('const char %s[] = {\n' % symbol)
    for at in range(0, len(data), 20):
        out.write('  ' + ' '.join('%d,' % byte for byte in data[at:at + 20]) + '\n')
    out.write('  0\n};\nconst size_t %s_length = %d;\n' % (symbol, len(data)))
