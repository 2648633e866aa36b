"""GStreamer's RTSP server as an outside judge. Usage: gst-rtsp-server.py LAUNCH [USER PASSWORD]
Serves the launch line at /live on a free port, prints the port, and ends with its standard input."""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(f"( {sys.argv[1]} )")
factory.set_protocols(
    GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP | GstRtsp.RTSPLowerTrans.UDP_MCAST
)
pool = GstRtspServer.RTSPAddressPool()
pool.add_range("239.255.42.60", "239.255.42.69", 25000, 25100, 1)
factory.set_address_pool(pool)
server.get_mount_points().add_factory("/live", factory)

if len(sys.argv) > 3:
    user, password = sys.argv[2:4]
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "user")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("user", "media.factory.access", True)
    permissions.add_permission_for_role("user", "media.factory.construct", True)
    factory.set_permissions(permissions)

server.attach(None)
loop = GLib.MainLoop()


def end_with_input():
    sys.stdin.read()
    loop.quit()


threading.Thread(target=end_with_input, daemon=True).start()
print(server.get_bound_port(), flush=True)
loop.run()
