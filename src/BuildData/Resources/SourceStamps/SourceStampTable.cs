using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.SourceStamps;

/// <summary>Finds and adds source stamps within an update.</summary>
internal static class SourceStampTable
{
    /// <summary>Checks that a reference is not empty, and that the texts of its key are well-formed Unicode.</summary>
    /// <exception cref="ArgumentException">The reference is empty, or a text is not well-formed.</exception>
    public static void Check(SourceStampRef stamp, string parameter)
    {
        if (stamp.Id is not null)
            return;
        if (stamp.Key is not { } key)
            throw new ArgumentException("A source stamp reference is empty. Pass an id or a SourceStampKey.", parameter);

        UnicodeText.CheckOptional(key.Branch, parameter);
        UnicodeText.CheckOptional(key.Revision, parameter);
        UnicodeText.Check(key.Repository, parameter);
        UnicodeText.Check(key.Project, parameter);
        UnicodeText.Check(key.Codebase, parameter);
        if (key.Patch is { } patch)
        {
            UnicodeText.CheckOptional(patch.Subdir, parameter);
            UnicodeText.Check(patch.Author, parameter);
            UnicodeText.Check(patch.Comment, parameter);
            UnicodeText.Check(patch.Body, parameter);
        }
    }

    /// <summary>
    /// Returns the source stamp that a reference identifies. Adds a source stamp if the reference holds a key with a patch, or a key
    /// that no source stamp has.
    /// </summary>
    /// <exception cref="ResourceNotFoundException">There is no source stamp with the id in the reference.</exception>
    public static async ValueTask<SourceStamp> GetOrAdd(UpdateContext context, SourceStampRef stamp)
    {
        if (stamp.Id is { } id)
            return Cache(context).ById.Find(id) ?? await context.Get(new SourceStampById(id), id).ConfigureAwait(false);

        SourceStampKey key = stamp.Key!;
        if (key.Patch is not null)
            return await Insert(context, key, null).ConfigureAwait(false);

        string hash = Hash(key);
        if (Cache(context).ByHash.TryGet(hash, out SourceStamp? cached))
            return cached;

        return await TryGetId(context, hash).ConfigureAwait(false) is { } known
            ? await context.Get(new SourceStampById(known), known).ConfigureAwait(false)
            : await Insert(context, key, hash).ConfigureAwait(false);
    }

    private static SourceStampCache Cache(UpdateContext context) => context.Cache.GetPart<SourceStampCache>();

    private static async ValueTask<long?> TryGetId(UpdateContext context, string hash)
    {
        if (Cache(context).MissingHashes.Contains(hash))
            return null;

        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT id FROM sourcestamps WHERE key_hash = {hash}");
        List<long> known = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return known.Count > 0 ? known[0] : null;
    }

    private static async ValueTask<SourceStamp> Insert(UpdateContext context, SourceStampKey key, string? hash)
    {
        // If another writer adds the same source stamp first, the statement fails, and the store runs the transaction again.
        Patch? patch = key.Patch is null ? null : await InsertPatch(context, key.Patch).ConfigureAwait(false);
        long id = await context.Session.Insert(
            "sourcestamps",
            """
            INSERT INTO sourcestamps (id, branch, revision, repository, project, codebase, created_at, patch_id, key_hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            key.Branch, key.Revision, key.Repository, key.Project, key.Codebase, context.Now, patch?.PatchId, hash).ConfigureAwait(false);

        var stamp = new SourceStamp
        {
            SourceStampId = id,
            Branch = key.Branch,
            Revision = key.Revision,
            Repository = key.Repository,
            Project = key.Project,
            Codebase = key.Codebase,
            CreatedAt = context.Now,
            Patch = patch,
        };
        context.Announce(SourceStampDefinition.Instance, "new", stamp, id);
        Cache(context).ById[id] = stamp;
        Cache(context).AddedIds[id] = default;
        if (hash is not null)
            Cache(context).ByHash[hash] = stamp;
        return stamp;
    }

    private static async ValueTask<Patch> InsertPatch(UpdateContext context, PatchKey patch)
    {
        long id = await context.Session.Insert(
            "patches",
            "INSERT INTO patches (id, level, subdir, author, comment, body) VALUES ($1, $2, $3, $4, $5, $6)",
            patch.Level, patch.Subdir, patch.Author, patch.Comment, patch.Body).ConfigureAwait(false);
        return new Patch
        {
            PatchId = id,
            Level = patch.Level,
            Subdir = patch.Subdir,
            Author = patch.Author,
            Comment = patch.Comment,
            Body = patch.Body,
        };
    }

    /// <summary>
    /// Returns the hash of all values of a key except the patch. The table stores the hash in a unique column. A unique index on the values
    /// themselves would allow duplicates, because SQL treats two nulls as different.
    /// </summary>
    public static string Hash(SourceStampKey key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string? part in (ReadOnlySpan<string?>)[key.Branch, key.Revision, key.Repository, key.Project, key.Codebase])
        {
            byte[] bytes = part is null ? [] : Encoding.UTF8.GetBytes(part);
            byte[] length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
