using System.Text.Json;
using BuildData.AspNetCore.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace BuildData.AspNetCore.Buildbot;

/// <summary>Serves the files of Buildbot's user interface, and the configuration that it reads when it starts.</summary>
internal sealed class BuildbotUi : IDisposable
{
    private const string FirstPage = "index.html";

    private readonly PhysicalFileProvider _files;
    private readonly FileExtensionContentTypeProvider _contentTypes = new();
    private readonly string _title;

    /// <summary>Creates the files.</summary>
    /// <param name="folder">The folder with the built files.</param>
    /// <param name="title">The title of the pages.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">The folder has no <c>index.html</c>.</exception>
    public BuildbotUi(string folder, string title)
    {
        string full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
            throw new DirectoryNotFoundException($"The folder of Buildbot's user interface does not exist: {full}");
        if (!File.Exists(Path.Combine(full, FirstPage)))
            throw new FileNotFoundException($"The folder of Buildbot's user interface has no {FirstPage}: {full}", FirstPage);
        _files = new PhysicalFileProvider(full);
        _title = title;
    }

    public void Dispose() => _files.Dispose();

    /// <summary>Answers with a file of the folder, or with the first page.</summary>
    public Task GetFile(HttpContext context)
    {
        // The pages have relative addresses, so the address of the first page must end with a slash.
        string name = (string?)context.Request.RouteValues["file"] ?? "";
        if (name.Length == 0 && !context.Request.Path.Value!.EndsWith('/'))
        {
            context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            context.Response.Headers.Location = context.Request.Path.Value[(context.Request.Path.Value.LastIndexOf('/') + 1)..] + "/" + context.Request.QueryString;
            return Task.CompletedTask;
        }

        IFileInfo file = _files.GetFileInfo(name.Length == 0 ? FirstPage : name);
        if (!file.Exists || file.IsDirectory)
            throw new ApiException(StatusCodes.Status404NotFound, "There is no such file.");

        if (!_contentTypes.TryGetContentType(file.Name, out string? contentType))
            contentType = "application/octet-stream";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.PhysicalFile(
            file.PhysicalPath!, contentType, lastModified: file.LastModified, entityTag: new EntityTagHeaderValue($"\"{file.LastModified.Ticks:x}-{file.Length:x}\"")).ExecuteAsync(context);
    }

    /// <summary>Answers with the configuration.</summary>
    public async Task GetConfiguration(HttpContext context)
    {
        using PooledBuffer buffer = new();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.Options))
            Write(writer, context);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteJson(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }

    private void Write(Utf8JsonWriter writer, HttpContext context)
    {
        string address = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{context.Request.Path.Value![..^"config".Length]}";
        writer.WriteStartObject();
        writer.WriteString("title", _title);
        writer.WriteString("titleURL", address);
        writer.WriteString("buildbotURL", address);
        writer.WriteBoolean("multiMaster", false);
        WriteEmpty(writer, "ui_default_config");
        writer.WriteStartArray("versions");
        writer.WriteStartArray();
        writer.WriteStringValue("BuildData");
        writer.WriteStringValue(typeof(Master).Assembly.GetName().Version!.ToString(3));
        writer.WriteEndArray();
        writer.WriteEndArray();
        writer.WriteStartObject("auth");
        writer.WriteString("name", "NoAuth");
        writer.WriteBoolean("oauth2", false);
        writer.WriteString("fa_icon", "");
        writer.WriteBoolean("autologin", false);
        writer.WriteEndObject();
        writer.WriteStartArray("avatar_methods");
        writer.WriteEndArray();
        WriteEmpty(writer, "plugins");
        WriteUser(writer, context.User.Identity?.Name);
        writer.WriteBoolean("user_any_access_allowed", true);
        writer.WriteStartArray("project_widgets");
        writer.WriteEndArray();
        writer.WriteString("port", context.Request.Host.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "");
        writer.WriteEndObject();
    }

    private static void WriteUser(Utf8JsonWriter writer, string? name)
    {
        writer.WriteStartObject("user");
        writer.WriteBoolean("anonymous", name is null);
        if (name is not null)
            writer.WriteString("username", name);
        writer.WriteEndObject();
    }

    private static void WriteEmpty(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject(name);
        writer.WriteEndObject();
    }
}
