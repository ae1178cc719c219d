using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BuildData.AspNetCore.Dashboard.Web;

/// <summary>Serves the scripts, styles and pictures of the dashboard, which are resources of this assembly.</summary>
/// <remarks>
/// All assets are below a folder whose name is a hash of them all. So a browser keeps them for ever, and modules import each other by relative
/// addresses.
/// </remarks>
internal sealed class DashboardAssets
{
    private const string Prefix = "dashboard/";

    private static readonly Lazy<DashboardAssets> Loaded = new(static () => new DashboardAssets());

    private readonly FrozenDictionary<string, Asset> _assets;

    private DashboardAssets()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var assets = new Dictionary<string, Asset>(StringComparer.Ordinal);
        foreach (string resource in typeof(DashboardAssets).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            byte[] content = Read(resource);
            hash.AppendData(Encoding.UTF8.GetBytes(resource));
            hash.AppendData(content);
            assets.Add(resource[Prefix.Length..], new Asset(content, MediaTypeOf(resource)));
        }

        _assets = assets.ToFrozenDictionary(StringComparer.Ordinal);
        Hash = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>Gets the assets.</summary>
    public static DashboardAssets Instance => Loaded.Value;

    /// <summary>Gets the name of the folder of the assets.</summary>
    public string Hash { get; }

    /// <summary>Gets the size of all assets in bytes, without compression.</summary>
    public int Size => _assets.Values.Sum(asset => asset.Content.Length);

    /// <summary>Answers a request for an asset.</summary>
    public async Task Write(HttpContext context)
    {
        HttpResponse response = context.Response;
        response.Headers.XContentTypeOptions = "nosniff";
        if (context.Request.RouteValues["hash"] as string != Hash || context.Request.RouteValues["file"] is not string file || !_assets.TryGetValue(file, out Asset? asset))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        string? encoding = ChooseEncoding(context.Request.Headers.AcceptEncoding.ToString());
        string tag = $"\"{Hash}{(encoding is null ? "" : $"-{encoding}")}\"";
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        response.Headers.ETag = tag;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (context.Request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        byte[] content = asset.Get(encoding);
        response.ContentType = asset.MediaType;
        response.ContentLength = content.Length;
        if (encoding is not null)
            response.Headers.ContentEncoding = encoding;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
    }

    private static string? ChooseEncoding(string accepted) =>
        accepted.Contains("br", StringComparison.OrdinalIgnoreCase) ? "br"
        : accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase) ? "gzip"
        : null;

    private static string MediaTypeOf(string file) => Path.GetExtension(file) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private static byte[] Read(string resource)
    {
        using Stream stream = typeof(DashboardAssets).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private sealed class Asset(byte[] content, string mediaType)
    {
        private readonly Lazy<byte[]> _brotli = new(() => Compress(content, static stream => new BrotliStream(stream, CompressionLevel.SmallestSize)));
        private readonly Lazy<byte[]> _gzip = new(() => Compress(content, static stream => new GZipStream(stream, CompressionLevel.SmallestSize)));

        public byte[] Content => content;

        public string MediaType => mediaType;

        public byte[] Get(string? encoding) => encoding switch
        {
            "br" => _brotli.Value,
            "gzip" => _gzip.Value,
            _ => content,
        };

        private static byte[] Compress(byte[] content, Func<Stream, Stream> open)
        {
            using var compressed = new MemoryStream();
            using (Stream stream = open(compressed))
                stream.Write(content);
            return compressed.ToArray();
        }
    }
}
