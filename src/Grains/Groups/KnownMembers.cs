using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Groups;

/// <summary>Users who are known to be members: those who were asked for last, in two halves of which the older makes room.</summary>
/// <param name="countMax">As many at most.</param>
internal sealed class KnownMembers(int countMax)
{
    private HashSet<UserId> _recent = [];
    private HashSet<UserId> _older = [];

    public int Count => _recent.Count + _older.Count;

    public bool Contains(UserId user)
    {
        if (_recent.Contains(user))
            return true;
        if (!_older.Remove(user))
            return false;
        Add(user);
        return true;
    }

    public void Add(UserId user)
    {
        _older.Remove(user);
        if (_recent.Count >= countMax / 2)
        {
            _older = _recent;
            _recent = [];
        }

        _recent.Add(user);
    }

    public void Remove(UserId user)
    {
        _recent.Remove(user);
        _older.Remove(user);
    }

    public void Clear()
    {
        _recent.Clear();
        _older.Clear();
    }
}
