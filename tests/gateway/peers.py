"""Real peers of the gateway check: nginx as a TLS front, tinyproxy as a forward proxy. Each is a context manager."""
import contextlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "real"))
import servers  # noqa: E402

HOST = "localhost"


def certificate(folder, name="gw", host=HOST, dates=None, issuer=None):
    """A CA of its own (folder/ca.pem), and a certificate that it signed."""
    folder = pathlib.Path(folder)
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    if not ca.exists():
        servers.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(ca_key), "-out", str(ca), "-days", "30",
                        "-subj", f"/CN={issuer or 'rdpwhy test CA'}")
        (folder / "index.txt").write_text("")
        (folder / "serial").write_text("01\n")
        (folder / "ca.conf").write_text(
            f"[ca]\ndefault_ca=a\n[a]\ndir={folder}\ndatabase=$dir/index.txt\nserial=$dir/serial\nnew_certs_dir=$dir\n"
            "certificate=$dir/ca.pem\nprivate_key=$dir/ca.key\ndefault_md=sha256\npolicy=p\nunique_subject=no\n"
            "copy_extensions=copy\n[p]\ncommonName=supplied\n")
    request, cert, key = (folder / f"{name}.{end}" for end in ("csr", "pem", "key"))
    servers.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(key), "-out", str(request), "-subj", f"/CN={host}",
                    "-addext", f"subjectAltName=DNS:{host}")
    start, end = dates or (None, None)
    when = ["-startdate", start, "-enddate", end] if start else ["-days", "20"]
    servers.openssl("ca", "-batch", "-config", str(folder / "ca.conf"), "-in", str(request), "-out", str(cert), "-notext", *when)
    return cert, key


@contextlib.contextmanager
def nginx(folder, rules, cert, key, listen="127.0.0.1", tls="ssl"):
    """`rules`: what stands in its server block."""
    servers.need("nginx")
    port = servers.free_port()
    folder = pathlib.Path(folder)
    config = folder / f"nginx-{port}.conf"
    config.write_text(f"""daemon off; master_process off; pid {folder}/nginx-{port}.pid; error_log {folder}/nginx-{port}.err;
events {{}}
http {{
  access_log {folder}/nginx-{port}.access;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s;
  server {{ listen {listen}:{port} {tls}; ssl_certificate {cert}; ssl_certificate_key {key}; {rules} }}
}}
""")
    with servers.child(["nginx", "-p", str(folder), "-c", str(config)], folder / f"nginx-{port}.log", servers.listening(port)):
        yield port


@contextlib.contextmanager
def tinyproxy(folder, more=""):
    servers.need("tinyproxy")
    port = servers.free_port()
    folder = pathlib.Path(folder)
    config = folder / f"tinyproxy-{port}.conf"
    config.write_text(f"Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nLogFile \"{folder}/tinyproxy-{port}.txt\"\n"
                      f"LogLevel Info\n{more}\n")
    with servers.child(["tinyproxy", "-d", "-c", str(config)], folder / f"tinyproxy-{port}.log", servers.listening(port)):
        yield port
