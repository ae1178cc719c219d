using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BuildData.TestSupport;

/// <summary>
/// SQLite's own file layer, with hooks before the calls that write, flush and lock. A hook can wait, or make the call fail with a
/// result code. The files are real. A connection string chooses the layer with <c>Vfs=…</c>.
/// </summary>
internal sealed unsafe class FaultyFiles : IDisposable
{
    /// <summary>SQLITE_IOERR_WRITE.</summary>
    public const int WriteError = 778;

    /// <summary>SQLITE_FULL.</summary>
    public const int DiskFull = 13;

    /// <summary>SQLITE_IOERR_READ.</summary>
    public const int ReadError = 266;

    /// <summary>SQLITE_IOERR_FSYNC.</summary>
    public const int SyncError = 1034;

    /// <summary>SQLITE_IOERR_LOCK.</summary>
    public const int LockError = 3850;

    /// <summary>SQLITE_CANTOPEN.</summary>
    public const int CanNotOpen = 14;

    private const int Ok = 0;

    private static readonly ConcurrentDictionary<nint, FaultyFiles> Systems = new();
    private static readonly ConcurrentDictionary<nint, OpenFile> Files = new();

    private readonly Vfs* _vfs;
    private readonly Vfs* _original;

    public FaultyFiles()
    {
        using (var any = new Microsoft.Data.Sqlite.SqliteConnection("Data Source=:memory:"))
            any.Open();
        _original = (Vfs*)sqlite3_vfs_find(0);
        _vfs = (Vfs*)NativeMemory.Alloc((nuint)sizeof(Vfs));
        *_vfs = *_original;
        Name = $"faulty-{Guid.NewGuid():N}";
        _vfs->Name = Marshal.StringToCoTaskMemUTF8(Name);
        _vfs->Open = &Open;
        Systems[(nint)_vfs] = this;
        if (sqlite3_vfs_register((nint)_vfs, 0) != Ok)
            throw new InvalidOperationException("SQLite did not take the layer for files.");
    }

    /// <summary>Gets the name of the layer, for a connection string.</summary>
    public string Name { get; }

    /// <summary>Gets or sets what is called with the path of a file before it is flushed. A result other than 0 makes the call fail.</summary>
    public Func<string, int>? OnSync { get; set; }

    /// <summary>Gets or sets what is called with the path of a file before it is written.</summary>
    public Func<string, int>? OnWrite { get; set; }

    /// <summary>Gets or sets what is called with the path of a file before it is read.</summary>
    public Func<string, int>? OnRead { get; set; }

    /// <summary>Gets or sets what is called with the path of a file before it is locked.</summary>
    public Func<string, int>? OnLock { get; set; }

    /// <summary>Gets or sets what is called before a part of the log's index is locked. Each snapshot begins with such a lock.</summary>
    public Action? OnShmLock { get; set; }

    public void Dispose()
    {
        _ = sqlite3_vfs_unregister((nint)_vfs);
        Systems.TryRemove((nint)_vfs, out _);
        Marshal.FreeCoTaskMem(_vfs->Name);
        NativeMemory.Free(_vfs);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, nint name, File* file, int flags, int* outFlags)
    {
        FaultyFiles system = Systems[(nint)vfs];
        int code = system._original->Open(vfs, name, file, flags, outFlags);
        if (code != Ok || file->Methods is null)
            return code;

        var original = file->Methods;
        var methods = (Methods*)NativeMemory.Alloc((nuint)sizeof(Methods));
        *methods = *original;
        methods->Close = &Close;
        methods->Read = &Read;
        methods->Write = &Write;
        methods->Sync = &Sync;
        methods->Lock = &Lock;
        methods->ShmLock = &ShmLock;
        Files[(nint)file] = new OpenFile(system, Marshal.PtrToStringUTF8(name) ?? "", (nint)original);
        file->Methods = methods;
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(File* file)
    {
        Files.TryRemove((nint)file, out OpenFile? open);
        NativeMemory.Free(file->Methods);
        file->Methods = (Methods*)open!.Original;
        return file->Methods->Close(file);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(File* file, void* data, int length, long offset)
    {
        OpenFile open = Files[(nint)file];
        int code = open.System.OnRead?.Invoke(open.Path) ?? Ok;
        return code != Ok ? code : ((Methods*)open.Original)->Read(file, data, length, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(File* file, void* data, int length, long offset)
    {
        OpenFile open = Files[(nint)file];
        int code = open.System.OnWrite?.Invoke(open.Path) ?? Ok;
        return code != Ok ? code : ((Methods*)open.Original)->Write(file, data, length, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(File* file, int flags)
    {
        OpenFile open = Files[(nint)file];
        int code = open.System.OnSync?.Invoke(open.Path) ?? Ok;
        return code != Ok ? code : ((Methods*)open.Original)->Sync(file, flags);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(File* file, int kind)
    {
        OpenFile open = Files[(nint)file];
        int code = open.System.OnLock?.Invoke(open.Path) ?? Ok;
        return code != Ok ? code : ((Methods*)open.Original)->Lock(file, kind);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmLock(File* file, int offset, int count, int flags)
    {
        OpenFile open = Files[(nint)file];
        open.System.OnShmLock?.Invoke();
        return ((Methods*)open.Original)->ShmLock(file, offset, count, flags);
    }

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint sqlite3_vfs_find(nint name);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sqlite3_vfs_register(nint vfs, int makeDefault);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int sqlite3_vfs_unregister(nint vfs);

    private sealed record OpenFile(FaultyFiles System, string Path, nint Original);

    /// <summary>sqlite3_file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct File
    {
        public Methods* Methods;
    }

    /// <summary>sqlite3_vfs.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int MostPath;
        public nint Next;
        public nint Name;
        public nint AppData;
        public delegate* unmanaged[Cdecl]<Vfs*, nint, File*, int, int*, int> Open;
        public fixed long Others[15];
    }

    /// <summary>sqlite3_io_methods.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Methods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<File*, int> Close;
        public delegate* unmanaged[Cdecl]<File*, void*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<File*, void*, int, long, int> Write;
        public nint Truncate;
        public delegate* unmanaged[Cdecl]<File*, int, int> Sync;
        public nint FileSize;
        public delegate* unmanaged[Cdecl]<File*, int, int> Lock;
        public fixed long BeforeShmLock[6];
        public delegate* unmanaged[Cdecl]<File*, int, int, int, int> ShmLock;
        public fixed long Others[4];
    }
}
