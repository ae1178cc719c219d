using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BuildData.Benchmarks.Web;

/// <summary>A process with many WebSockets that only count messages, so that they take little of the machine.</summary>
internal static class PumpClients
{
    public static async Task Run(string authority, int count)
    {
        IPEndPoint address = IPEndPoint.Parse(authority);
        CountingSocket[] sockets = [.. Enumerable.Range(0, count).Select(_ => new CountingSocket())];
        foreach (CountingSocket[] some in sockets.Chunk(50))
            await Task.WhenAll(some.Select(socket => socket.Open(address)));
        Task reading = Task.WhenAll(sockets.Select(socket => socket.Read()));
        Console.WriteLine("ready");

        long expected = long.Parse((await Console.In.ReadLineAsync())!, CultureInfo.InvariantCulture);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!reading.IsCompleted && !timeout.IsCancellationRequested && sockets.Any(socket => socket.Messages < expected && !socket.IsClosed))
            await Task.Delay(50);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{sockets.Sum(socket => socket.Messages):N0} messages received; each socket from {sockets.Min(socket => socket.Messages):N0} to {sockets.Max(socket => socket.Messages):N0}, of {expected:N0}; {sockets.Count(socket => socket.IsClosed)} sockets were closed"));
        Environment.Exit(0);
    }

    private sealed class CountingSocket
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly byte[] _buffer = new byte[64 * 1024];
        private long _skip;
        private int _kept;

        public long Messages { get; private set; }

        public bool IsClosed { get; private set; }

        public async Task Open(IPEndPoint address)
        {
            await _socket.ConnectAsync(address);
            await _socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v2/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
            int length = 0;
            while (!_buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
                length += await _socket.ReceiveAsync(_buffer.AsMemory(length));

            // A client masks its messages. A mask of zeros leaves them as they are.
            byte[] command = Encoding.ASCII.GetBytes("""{"cmd":"startConsuming","path":"builds/*/*","_id":1}""");
            await _socket.SendAsync((byte[])[0x81, (byte)(0x80 | command.Length), 0, 0, 0, 0, .. command]);
            await _socket.ReceiveAsync(_buffer);
        }

        public async Task Read()
        {
            while (true)
            {
                int read = await _socket.ReceiveAsync(_buffer.AsMemory(_kept));
                if (read == 0)
                    break;
                Count(_kept + read);
            }

            IsClosed = true;
        }

        private void Count(int length)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(0, length);
            _kept = 0;
            while (true)
            {
                int skip = (int)Math.Min(_skip, rest.Length);
                rest = rest[skip..];
                _skip -= skip;
                if (rest.IsEmpty)
                    return;

                int header = rest.Length < 2 ? 2 : (rest[1] & 127) switch { 126 => 4, 127 => 10, _ => 2 };
                if (rest.Length < header)
                {
                    rest.CopyTo(_buffer);
                    _kept = rest.Length;
                    return;
                }

                _skip = header + (header switch { 4 => BinaryPrimitives.ReadUInt16BigEndian(rest[2..]), 10 => (long)BinaryPrimitives.ReadUInt64BigEndian(rest[2..]), _ => rest[1] & 127 });
                if (rest[0] == 0x81)
                    Messages++;
                else if (rest[0] == 0x88)
                    IsClosed = true;
            }
        }
    }
}
