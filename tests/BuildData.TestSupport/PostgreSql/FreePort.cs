using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BuildData.TestSupport;

/// <summary>Chooses ports for the tests' servers.</summary>
internal static class FreePort
{
    private static readonly ConcurrentDictionary<int, bool> Chosen = new();

    /// <summary>Returns a port that nobody has and that no other server of the tests gets.</summary>
    public static int Choose()
    {
        // Below the ports that systems give to clients: one of those could have it when the server comes back.
        while (true)
        {
            int port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();

                // Another server of ours may have it, though it is not up yet, or is stopped at the moment.
                if (Chosen.TryAdd(port, true))
                    return port;
            }
            catch (SocketException)
            {
                // It is taken.
            }
        }
    }
}
