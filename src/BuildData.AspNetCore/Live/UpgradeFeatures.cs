using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BuildData.AspNetCore.Live;

/// <summary>Puts a <see cref="FrameStream"/> between a request's connection and the framework, which makes the handshake and speaks the protocol.</summary>
internal sealed class UpgradeFeatures : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;

    private UpgradeFeatures(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect)
    {
        _upgrade = upgrade;
        _connect = connect;
    }

    /// <summary>Gets the stream of the connection, after the handshake.</summary>
    public FrameStream? Stream { get; private set; }

    public bool IsUpgradableRequest => _upgrade?.IsUpgradableRequest ?? false;

    public bool IsExtendedConnect => _connect?.IsExtendedConnect ?? false;

    public string? Protocol => _connect?.Protocol;

    /// <summary>Replaces the features of a request.</summary>
    public static UpgradeFeatures Install(HttpContext context)
    {
        IFeatureCollection features = context.Features;
        var installed = new UpgradeFeatures(features.Get<IHttpUpgradeFeature>(), features.Get<IHttpExtendedConnectFeature>());
        features.Set<IHttpUpgradeFeature>(installed);
        features.Set<IHttpExtendedConnectFeature>(installed);

        // If the host program has called UseWebSockets, its feature has the features that were replaced.
        features.Set<IHttpWebSocketFeature>(null);
        features.Set(installed);
        return installed;
    }

    public async Task<Stream> UpgradeAsync() => Stream = new FrameStream(await _upgrade!.UpgradeAsync().ConfigureAwait(false));

    public async ValueTask<Stream> AcceptAsync() => Stream = new FrameStream(await _connect!.AcceptAsync().ConfigureAwait(false));
}
